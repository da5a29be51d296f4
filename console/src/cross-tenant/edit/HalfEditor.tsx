// One half of a block: allowed or blocked, for all of them or for a selection.

import {
  Badge,
  Button,
  Field,
  makeStyles,
  Radio,
  RadioGroup,
  Text,
  tokens,
} from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useRef, useState } from 'react';
import type { AccessType, Half, Target } from '../data/model';
import { everybody, everything, isAll } from '../data/model';
import { Applications, type Kind } from '../pickers/Applications';
import { ExternalPeople } from '../pickers/ExternalPeople';
import type { Source } from '../pickers/names';
import { OwnPeople } from '../pickers/OwnPeople';
import { TargetList } from '../pickers/TargetList';
import { texts as pickerTexts } from '../pickers/words';
import { texts } from './words';

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalL, justifyItems: 'start', minWidth: 0 },
  list: { display: 'grid', gap: tokens.spacingVerticalS, width: '100%', minWidth: 0, maxWidth: '56rem' },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
  option: { display: 'inline-flex', alignItems: 'center', gap: tokens.spacingHorizontalXS },
  why: {
    color: tokens.colorNeutralForeground2,
    marginInlineStart: '2rem',
    marginBlockEnd: tokens.spacingVerticalXS,
  },
});

export interface HalfEditorProps {
  which: 'users' | 'applications';
  half: Half;
  labels: { all: string; select: string };
  source: Source;
  /** The name of one's own organization. */
  own: string;
  /** Which panes add to the selection. */
  adds: readonly ('external' | 'own' | Kind)[];
  /** The organization on the other side. */
  other: { tenantId?: string; name: string };
  /** Nothing can be changed, for a reason that is said above. */
  locked: boolean;
  /** Why access cannot be allowed. */
  noAllow?: string;
  /** Why nobody and nothing can be named. */
  noSelect?: string;
  noSuite: boolean;
  onChange: (half: Half) => void;
}

export function HalfEditor(props: HalfEditorProps) {
  const { which, half, labels, source, adds, other, locked, noAllow, noSelect, onChange } = props;
  const styles = useStyles();
  const [open, setOpen] = useState<HalfEditorProps['adds'][number]>();
  // Whoever looks at "all" for a moment finds their selection again.
  const selection = useRef<Target[]>([]);
  const all = isAll(half);
  const whole = which === 'users' ? everybody : everything;

  function applyTo(scope: string) {
    if (scope === 'all') {
      if (!all) selection.current = half.targets;
      onChange(whole(half.accessType));
    } else if (all) {
      onChange({ ...half, targets: selection.current });
    }
  }

  function take(targets: Target[]) {
    setOpen(undefined);
    onChange({ ...half, targets: [...half.targets, ...targets] });
  }

  const picker = { known: half.targets, onTake: take, onClose: () => setOpen(undefined) };
  const title = (kind: HalfEditorProps['adds'][number]): string => {
    if (kind === 'own') return pickerTexts.add.own(props.own);
    if (kind === 'external')
      return which === 'users' ? pickerTexts.add.external : pickerTexts.add.anyExternal;
    return pickerTexts.add[kind];
  };

  return (
    <div className={styles.whole}>
      <Field label={texts.status}>
        <RadioGroup
          value={half.accessType}
          disabled={locked}
          onChange={(_, { value }) => onChange({ ...half, accessType: value as AccessType })}
        >
          <Radio
            value="allowed"
            label={texts.allow}
            disabled={locked || (noAllow !== undefined && half.accessType !== 'allowed')}
          />
          {noAllow && (
            <Text size={200} className={styles.why}>
              {noAllow}
            </Text>
          )}
          <Radio value="blocked" label={texts.block} />
        </RadioGroup>
      </Field>
      <Field label={texts.appliesTo}>
        <RadioGroup
          value={all ? 'all' : 'some'}
          disabled={locked}
          onChange={(_, { value }) => applyTo(value)}
        >
          <Radio value="all" label={labels.all} />
          <Radio
            value="some"
            disabled={locked || (noSelect !== undefined && all)}
            label={
              <span className={styles.option}>
                {labels.select}
                <Badge appearance="outline" size="small">
                  {texts.p1}
                </Badge>
              </span>
            }
          />
          {noSelect && (
            <Text size={200} className={styles.why}>
              {noSelect}
            </Text>
          )}
        </RadioGroup>
      </Field>
      {!all && (
        <div className={styles.list}>
          {!locked && (
            <div className={styles.buttons}>
              {adds.map((kind) => (
                <Button key={kind} icon={<AddRegular />} onClick={() => setOpen(kind)}>
                  {title(kind)}
                </Button>
              ))}
              {half.targets.length > 1 && (
                <Button appearance="subtle" onClick={() => onChange({ ...half, targets: [] })}>
                  {pickerTexts.removeAll}
                </Button>
              )}
            </div>
          )}
          <TargetList
            label={pickerTexts.list}
            source={source}
            targets={half.targets}
            onRemove={
              locked
                ? undefined
                : (target) => onChange({ ...half, targets: half.targets.filter((known) => known !== target) })
            }
          />
        </div>
      )}
      {open === 'own' && <OwnPeople {...picker} />}
      {open === 'external' && which === 'users' && <ExternalPeople {...picker} name={other.name} />}
      {open && open !== 'own' && (open !== 'external' || which === 'applications') && (
        <Applications
          {...picker}
          kind={open === 'external' ? 'external' : open}
          tenant={other.tenantId}
          name={other.name}
          noSuite={props.noSuite}
        />
      )}
    </div>
  );
}
