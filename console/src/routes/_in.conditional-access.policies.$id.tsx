import { createFileRoute } from '@tanstack/react-router';
import { PolicyPage } from '../protection/conditions/PolicyPage';

export const Route = createFileRoute('/_in/conditional-access/policies/$id')({ component: PolicyPage });
