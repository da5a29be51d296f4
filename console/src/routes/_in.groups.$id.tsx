import { createFileRoute } from '@tanstack/react-router';
import { GroupPage } from '../directory/groups/GroupPage';
import { listState } from '../pieces/listState';

export const Route = createFileRoute('/_in/groups/$id')({ validateSearch: listState, component: GroupPage });
