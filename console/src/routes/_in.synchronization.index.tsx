import { createFileRoute } from '@tanstack/react-router';
import { listState } from '../pieces/listState';
import { Jobs } from '../synchronization/Jobs';

export const Route = createFileRoute('/_in/synchronization/')({ validateSearch: listState, component: Jobs });
