import { createFileRoute } from '@tanstack/react-router';
import { Groups } from '../directory/groups/Groups';
import { listState } from '../pieces/listState';

export const Route = createFileRoute('/_in/groups/')({ validateSearch: listState, component: Groups });
