import { createFileRoute } from '@tanstack/react-router';
import { ApplicationPage } from '../directory/applications/ApplicationPage';

export const Route = createFileRoute('/_in/applications/$id')({ component: ApplicationPage });
