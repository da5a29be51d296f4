import { createFileRoute } from '@tanstack/react-router';
import { UserPage } from '../directory/users/UserPage';

export const Route = createFileRoute('/_in/users/$id')({ component: UserPage });
