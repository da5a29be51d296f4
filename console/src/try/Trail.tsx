// The way of a sign-in as a picture: from the person, through what the home and the resource say, to
// the application; where it ends, the way is broken.

import { Badge, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import {
  AppGenericRegular,
  ArrowRightRegular,
  CheckmarkCircleFilled,
  DismissCircleFilled,
  PersonRegular,
  ProhibitedRegular,
  QuestionCircleRegular,
  WarningFilled,
} from '@fluentui/react-icons';
import { useNames, withNames } from '../names/names';
import { PathLink } from '../pieces/PathLink';
import { control, type Decision, deciding, type Finding, type Side } from './decision';
import type { Question } from './question';
import { texts } from './words';

const NARROW = '@media (max-width: 1100px)';

const useStyles = makeStyles({
  trail: {
    display: 'grid',
    gridTemplateColumns: 'auto auto minmax(0, 1fr) auto minmax(0, 1fr) auto auto',
    alignItems: 'center',
    gap: tokens.spacingHorizontalM,
    listStyleType: 'none',
    margin: 0,
    padding: 0,
    [NARROW]: { gridTemplateColumns: 'minmax(0, 1fr)', justifyItems: 'center' },
  },
  end: {
    display: 'grid',
    justifyItems: 'center',
    gap: tokens.spacingVerticalXS,
    maxWidth: '9rem',
    textAlign: 'center',
    overflowWrap: 'anywhere',
  },
  big: { fontSize: '32px' },
  arrow: { fontSize: '24px', [NARROW]: { transform: 'rotate(90deg)' } },
  broken: { color: tokens.colorStatusDangerForeground1 },
  never: { color: tokens.colorNeutralForeground4 },
  side: {
    alignSelf: 'stretch',
    width: '100%',
    boxSizing: 'border-box',
    display: 'grid',
    alignContent: 'start',
    gap: tokens.spacingVerticalS,
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  refused: { border: `2px solid ${tokens.colorStatusDangerBorder2}` },
  asks: { border: `2px solid ${tokens.colorStatusWarningBorder2}` },
  steps: { listStyleType: 'none', margin: 0, padding: 0, display: 'grid', gap: tokens.spacingVerticalM },
  step: { display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', gap: tokens.spacingHorizontalS },
  icon: { fontSize: '20px' },
  allow: { color: tokens.colorStatusSuccessForeground1 },
  block: { color: tokens.colorStatusDangerForeground1 },
  challenge: { color: tokens.colorStatusWarningForeground3 },
  head: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS, alignItems: 'center' },
  words: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

interface TrailProps {
  told: Decision;
  question: Question;
  person: string;
  application: string;
  home: string;
  resource: string;
}

const says = { allow: texts.passed, block: texts.blocked, challenge: texts.challenged };

export function Trail({ told, question, person, application, home, resource }: TrailProps) {
  const styles = useStyles();
  const decider = deciding(told);
  const stops = decider?.side ?? (told.decision === 'allow' ? undefined : 'resource');
  const isBefore = stops === 'home' || stops === 'policy';
  const of = (side: Side) =>
    told.findings.filter((finding) =>
      side === 'home'
        ? finding.side === 'home' || finding.side === 'policy' || finding.side === null
        : finding.side === side,
    );
  return (
    <ol className={styles.trail} aria-label={texts.trail}>
      <li className={styles.end}>
        <PersonRegular className={styles.big} aria-hidden />
        <Text dir="auto">{person}</Text>
      </li>
      <Arrow />
      <li
        className={mergeClasses(
          styles.side,
          isBefore && styles[told.decision === 'block' ? 'refused' : 'asks'],
        )}
      >
        <SideSteps
          title={texts.sideTitle(texts.home, home)}
          findings={of('home')}
          {...{ told, question, decider }}
        />
      </li>
      <Arrow broken={isBefore} />
      <li
        className={mergeClasses(
          styles.side,
          stops === 'resource' && styles[told.decision === 'block' ? 'refused' : 'asks'],
        )}
      >
        <SideSteps
          title={texts.sideTitle(texts.resource, resource)}
          findings={of('resource')}
          {...{ told, question, decider }}
        />
      </li>
      <Arrow broken={stops === 'resource'} never={isBefore} />
      <li className={mergeClasses(styles.end, told.decision !== 'allow' && styles.never)}>
        <AppGenericRegular className={styles.big} aria-hidden />
        <Text dir="auto">{application}</Text>
      </li>
    </ol>
  );
}

function Arrow({ broken, never }: { broken?: boolean; never?: boolean }) {
  const styles = useStyles();
  const Icon = broken ? ProhibitedRegular : ArrowRightRegular;
  return (
    <li aria-hidden className={mergeClasses(styles.arrow, broken && styles.broken, never && styles.never)}>
      <Icon />
    </li>
  );
}

interface StepsProps {
  title: string;
  findings: readonly Finding[];
  told: Decision;
  question: Question;
  decider: Finding | undefined;
}

function SideSteps({ title, findings, told, question, decider }: StepsProps) {
  const styles = useStyles();
  return (
    <>
      <Text weight="semibold" dir="auto">
        {title}
      </Text>
      {findings.length === 0 && (
        <Text className={styles.words}>
          {told.notJudged.length > 0
            ? texts.notJudged
            : told.decision === 'allow'
              ? texts.passed
              : texts.nothing}
        </Text>
      )}
      {findings.length > 0 && (
        <ol className={styles.steps}>
          {findings.map((finding, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: findings have no name, and never move
            <li key={place} className={styles.step}>
              <Step finding={finding} question={question} decides={finding === decider} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Step({ finding, question, decides }: { finding: Finding; question: Question; decides: boolean }) {
  const styles = useStyles();
  const names = useNames();
  const isUnknown = finding.code === 'not_hosted' || finding.code === 'directory_unknown';
  const Icon = isUnknown
    ? QuestionCircleRegular
    : finding.verdict === 'allow'
      ? CheckmarkCircleFilled
      : finding.verdict === 'block'
        ? DismissCircleFilled
        : WarningFilled;
  const path = control(finding, question);
  const what = finding.section ? (texts.section[finding.section] ?? finding.section) : texts.hidden;
  return (
    <>
      <Icon className={mergeClasses(styles.icon, !isUnknown && styles[finding.verdict])} aria-hidden />
      <div>
        <div className={styles.head}>
          <Text weight={decides ? 'semibold' : 'regular'}>
            {what}: {isUnknown ? texts.notJudged : says[finding.verdict]}
          </Text>
          {finding.source && (
            <Badge appearance="outline" color="informative">
              {texts.origin[finding.source] ?? finding.source}
            </Badge>
          )}
          {decides && (
            <Badge appearance="filled" color={finding.verdict === 'block' ? 'danger' : 'warning'}>
              {texts.decides}
            </Badge>
          )}
        </div>
        {(decides || finding.verdict !== 'allow') && finding.sentence && (
          <Text size={200} block className={styles.words}>
            {withNames(finding.sentence, names)}
          </Text>
        )}
        {path && (
          <Text size={200}>
            <PathLink path={path}>
              {texts.open}
              <span style={{ position: 'absolute', clipPath: 'inset(50%)' }}>: {what}</span>
            </PathLink>
          </Text>
        )}
      </div>
    </>
  );
}
