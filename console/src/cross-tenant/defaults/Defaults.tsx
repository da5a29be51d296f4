// The default settings on one page, to be read.

import {
  makeStyles,
  Skeleton,
  SkeletonItem,
  Subtitle1,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from '@fluentui/react-components';
import { CheckmarkCircleRegular, ProhibitedRegular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { asProblem } from '../../api/problem';
import { ButtonLink } from '../../pieces/Link';
import { ProblemBar } from '../../pieces/ProblemBar';
import type { BlockName, Defaults as DefaultsType, Direction, Half } from '../data/model';
import { isAll } from '../data/model';
import { defaults } from '../data/queries';
import { Note } from '../edit/BlockEditor';
import { SaidBlock } from '../edit/Said';
import { texts as editTexts } from '../edit/words';
import { texts } from './words';

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalXXL, minWidth: 0 },
  card: { display: 'grid', gap: tokens.spacingVerticalM, minWidth: 0 },
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    justifyContent: 'space-between',
    gap: tokens.spacingHorizontalM,
  },
  frame: {
    overflowX: 'auto',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
  },
  table: { minWidth: '36rem' },
  cell: { verticalAlign: 'top', paddingBlock: tokens.spacingVerticalS, overflowWrap: 'anywhere' },
  status: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  waiting: { display: 'grid', gap: tokens.spacingVerticalM },
});

function status(half: Half): string {
  if (half.accessType === 'allowed') return isAll(half) ? texts.allAllowed : texts.someAllowed;
  return isAll(half) ? texts.allBlocked : texts.someBlocked;
}

export function Defaults() {
  const styles = useStyles();
  const { data, error, refetch } = useQuery(defaults);
  if (error) return <ProblemBar problem={asProblem(error)} retry={() => void refetch()} />;
  if (!data) {
    return (
      <Skeleton className={styles.waiting}>
        <SkeletonItem size={32} />
        <SkeletonItem size={128} />
        <SkeletonItem size={128} />
      </Skeleton>
    );
  }
  const { value } = data;
  return (
    <div className={styles.whole}>
      <Text>{texts.lead}</Text>
      {value.isServiceDefault && <Note>{texts.system}</Note>}
      <Summary
        title={texts.inbound}
        edit={texts.editInbound}
        direction="inbound"
        blocks={[
          [texts.collaboration, 'b2bCollaborationInbound'],
          [texts.direct, 'b2bDirectConnectInbound'],
        ]}
        value={value}
        trust
      />
      <Summary
        title={texts.outbound}
        edit={texts.editOutbound}
        direction="outbound"
        blocks={[
          [texts.collaboration, 'b2bCollaborationOutbound'],
          [texts.direct, 'b2bDirectConnectOutbound'],
        ]}
        value={value}
      />
      <Summary
        title={texts.restrictions}
        edit={texts.editRestrictions}
        direction="restrictions"
        blocks={[[texts.restrictions, 'tenantRestrictions']]}
        value={value}
      />
    </div>
  );
}

interface SummaryProps {
  title: string;
  edit: string;
  direction: Direction;
  blocks: readonly (readonly [string, BlockName])[];
  value: DefaultsType;
  trust?: boolean;
}

function Summary({ title, edit, direction, blocks, value, trust }: SummaryProps) {
  const styles = useStyles();
  const id = `default-${direction}`;
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <Subtitle1 as="h2" id={id}>
          {title}
        </Subtitle1>
        <ButtonLink to="/cross-tenant-access/default/$direction" params={{ direction }}>
          {edit}
        </ButtonLink>
      </div>
      <div className={styles.frame}>
        <Table aria-labelledby={id} className={styles.table}>
          <TableHeader>
            <TableRow>
              <TableHeaderCell style={{ width: '16rem' }}>{texts.type}</TableHeaderCell>
              <TableHeaderCell>{texts.applies}</TableHeaderCell>
              <TableHeaderCell style={{ width: '12rem' }}>{texts.status}</TableHeaderCell>
            </TableRow>
          </TableHeader>
          <TableBody>
            {blocks.map(([label, name]) => (
              <TableRow key={name}>
                <TableCell className={styles.cell}>{label}</TableCell>
                <TableCell className={styles.cell}>
                  <SaidBlock name={name} block={value[name]} />
                </TableCell>
                <TableCell className={styles.cell}>
                  <State open={value[name].usersAndGroups.accessType === 'allowed'}>
                    {`${texts.users}: ${status(value[name].usersAndGroups)}`}
                  </State>
                  <State open={value[name].applications.accessType === 'allowed'}>
                    {`${texts.applications}: ${status(value[name].applications)}`}
                  </State>
                </TableCell>
              </TableRow>
            ))}
            {trust &&
              (
                ['isMfaAccepted', 'isCompliantDeviceAccepted', 'isHybridAzureADJoinedDeviceAccepted'] as const
              ).map((flag) => (
                <TableRow key={flag}>
                  <TableCell className={styles.cell}>{texts.trust}</TableCell>
                  <TableCell className={styles.cell}>{editTexts.said.trust[flag]}</TableCell>
                  <TableCell className={styles.cell}>
                    <State open={value.inboundTrust[flag] === true}>
                      {value.inboundTrust[flag] ? texts.enabled : texts.disabled}
                    </State>
                  </TableCell>
                </TableRow>
              ))}
          </TableBody>
        </Table>
      </div>
    </section>
  );
}

function State({ open, children }: { open: boolean; children: ReactNode }) {
  const styles = useStyles();
  return (
    <div className={styles.status}>
      {open ? <CheckmarkCircleRegular aria-hidden /> : <ProhibitedRegular aria-hidden />}
      <span>{children}</span>
    </div>
  );
}
