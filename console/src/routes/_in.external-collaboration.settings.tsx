import { createFileRoute } from '@tanstack/react-router';
import { Settings } from '../external/settings/Settings';

export const Route = createFileRoute('/_in/external-collaboration/settings')({ component: Settings });
