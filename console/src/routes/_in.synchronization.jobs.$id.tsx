import { createFileRoute } from '@tanstack/react-router';
import { listState } from '../pieces/listState';
import { JobPage } from '../synchronization/JobPage';

export const Route = createFileRoute('/_in/synchronization/jobs/$id')({
  validateSearch: listState,
  component: JobPage,
});
