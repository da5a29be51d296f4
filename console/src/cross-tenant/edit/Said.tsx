// A value of a setting in words, as short as it can be: for summaries, for the save dialog, and for
// what two people have changed at once.

import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useMe } from '../../session/session';
import { type Block, type BlockName, type Half, isAll, type Trust } from '../data/model';
import { type Source, useName } from '../pickers/names';
import type { Member, Values } from './draft';
import { texts } from './words';

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalXXS },
  list: { margin: 0, paddingInlineStart: tokens.spacingHorizontalL },
  quiet: { color: tokens.colorNeutralForeground3 },
});

const FEW = 5;

const outwards = (name: BlockName) =>
  name === 'b2bCollaborationOutbound' || name === 'b2bDirectConnectOutbound';

function sources(name: BlockName): { users: Source; applications: Source } {
  if (outwards(name)) return { users: 'ownPeople', applications: 'otherApplications' };
  if (name === 'tenantRestrictions') return { users: 'otherPeople', applications: 'otherApplications' };
  return { users: 'otherPeople', applications: 'ownApplications' };
}

function Name({ source, target }: { source: Source; target: Half['targets'][number] }) {
  const name = useName(source, target);
  return <bdi>{name ?? target.target}</bdi>;
}

function SaidHalf({ half, all, some, source }: { half: Half; all: string; some: string; source: Source }) {
  const styles = useStyles();
  const status = half.accessType === 'allowed' ? texts.said.allowed : texts.said.blocked;
  if (isAll(half)) return <Text>{`${status}: ${all}`}</Text>;
  return (
    <div>
      <Text>{`${status}: ${texts.said.selected(half.targets.length, some)}`}</Text>
      <ul className={styles.list}>
        {half.targets.slice(0, FEW).map((target) => (
          <li key={target.target}>
            <Name source={source} target={target} />
          </li>
        ))}
        {half.targets.length > FEW && <li>{texts.said.more(half.targets.length - FEW)}</li>}
      </ul>
    </div>
  );
}

export function SaidBlock({ name, block }: { name: BlockName; block: Block }) {
  const styles = useStyles();
  const own = useMe().tenant.displayName ?? '';
  const source = sources(name);
  const users = outwards(name) ? texts.all.outbound(own) : texts.all.inbound;
  const applications =
    source.applications === 'ownApplications' ? texts.all.applications : texts.all.externalApplications;
  return (
    <div className={styles.whole}>
      <SaidHalf half={block.usersAndGroups} all={users} some={texts.said.users} source={source.users} />
      <SaidHalf
        half={block.applications}
        all={applications}
        some={texts.said.applications}
        source={source.applications}
      />
    </div>
  );
}

export function SaidTrust({ trust }: { trust: Trust }) {
  const styles = useStyles();
  const flags = [
    'isMfaAccepted',
    'isCompliantDeviceAccepted',
    'isHybridAzureADJoinedDeviceAccepted',
  ] as const;
  return (
    <ul className={styles.list}>
      {flags.map((flag) => (
        <li
          key={flag}
        >{`${texts.said.trust[flag]}: ${trust[flag] === null ? texts.origin.inherited : trust[flag] ? texts.on : texts.off}`}</li>
      ))}
    </ul>
  );
}

/** The value of one member; what is inherited says so. */
export function Said({ member, values }: { member: Member; values: Values }) {
  const styles = useStyles();
  const value = values[member];
  if (value === null) {
    const isFlag = member === 'inboundAllowed' || member === 'outboundAllowed' || member === 'isSyncAllowed';
    return <Text className={styles.quiet}>{isFlag ? texts.origin.off : texts.origin.inherited}</Text>;
  }
  if (typeof value === 'boolean') return <Text>{value ? texts.on : texts.off}</Text>;
  if ('usersAndGroups' in value) return <SaidBlock name={member as BlockName} block={value} />;
  return <SaidTrust trust={value} />;
}
