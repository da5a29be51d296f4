// The pictures of the navigation.

import {
  AppsListRegular,
  ArrowSyncRegular,
  ChartMultipleRegular,
  ClipboardTextLtrRegular,
  HomeRegular,
  KeyMultipleRegular,
  LightbulbRegular,
  MailRegular,
  PeopleRegular,
  PeopleTeamRegular,
  PlugConnectedRegular,
  ServerRegular,
  ShieldLockRegular,
  SignOutRegular,
} from '@fluentui/react-icons';
import type { Place } from '../router';

export const icons: Record<Place['icon'], typeof HomeRegular> = {
  home: HomeRegular,
  access: PlugConnectedRegular,
  try: LightbulbRegular,
  activity: ChartMultipleRegular,
  signIns: SignOutRegular,
  audit: ClipboardTextLtrRegular,
  users: PeopleRegular,
  groups: PeopleTeamRegular,
  applications: AppsListRegular,
  external: MailRegular,
  conditions: ShieldLockRegular,
  roles: KeyMultipleRegular,
  synchronization: ArrowSyncRegular,
  server: ServerRegular,
};
