import { words } from '../words';

export const texts = words('server', {
  title: 'Server',
  lead: 'How the server is that keeps all this.',
  health: 'Health',
  healthLead: 'Asked again every ten seconds.',
  process: 'Process',
  alive: 'Alive',
  ready: 'Ready',
  readiness: {
    starting: 'Starting',
    stale: 'Behind: it answers from what it knew last',
    ready: 'Yes',
  },
  store: 'Store',
  stores: { reachable: 'Reachable', unreachable: 'Not reachable' },
  age: 'Settings are as of',
  ago: (seconds: number) => `${seconds.toFixed(1)} seconds ago`,
  sequence: 'Last commit',
  silent: 'No answer',
  operators: 'Tenants, versions and storage',
  operatorsLead:
    'Which tenants there are, what they have licensed and where their settings lie is the operator’s. No role of a person opens it, not even Global Administrator: the operator uses a program of their own, which comity init makes.',
  commands: {
    'comity tenant list': 'which tenants there are',
    'comity tenant set': 'name, domains, licence',
    'comity storage migrate': 'out of legacy storage; meanwhile nothing can be saved here',
    'comity --version': 'the version of the program',
  } as Record<string, string>,
});
