import { createFileRoute } from '@tanstack/react-router';
import { RolePage } from '../protection/roles/RolePage';

export const Route = createFileRoute('/_in/roles/definitions/$id')({ component: RolePage });
