import { createFileRoute } from '@tanstack/react-router';
import { Server } from '../server/Server';
import { texts } from '../server/words';

export const Route = createFileRoute('/_in/server')({
  staticData: { place: { label: texts.title, group: 'server', order: 10, icon: 'server' } },
  component: Server,
});
