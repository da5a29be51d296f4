// What is believed of what the other organization has checked, and who is not asked to accept.

import { Checkbox, Field, makeStyles, Subtitle2, Text, tokens } from '@fluentui/react-components';
import { useMe } from '../../session/session';
import type { Direction, Trust } from '../data/model';
import { Note } from './BlockEditor';
import type { Subject, Values } from './draft';
import { texts } from './words';

const useStyles = makeStyles({
  whole: { display: 'grid', gap: tokens.spacingVerticalXL, maxWidth: '56rem' },
  group: { display: 'grid', gap: tokens.spacingVerticalS },
});

const FLAGS = ['isMfaAccepted', 'isCompliantDeviceAccepted', 'isHybridAzureADJoinedDeviceAccepted'] as const;

export interface TrustEditorProps {
  direction: Direction;
  subject: Subject;
  /** What holds: the organization's own, flag by flag, else the default's. */
  trust: Trust;
  redeems: boolean;
  locked: boolean;
  onChange: (change: Partial<Pick<Values, 'inboundTrust' | 'inboundAllowed' | 'outboundAllowed'>>) => void;
}

export function TrustEditor({ direction, subject, trust, redeems, locked, onChange }: TrustEditorProps) {
  const styles = useStyles();
  const { p1 } = useMe().tenant;
  const inwards = direction === 'inbound';
  return (
    <div className={styles.whole}>
      {inwards && (
        <section className={styles.group} aria-labelledby="trust-heading">
          <Subtitle2 as="h3" id="trust-heading">
            {texts.trust.heading}
          </Subtitle2>
          <Text>{texts.trust.about}</Text>
          {FLAGS.map((flag) => (
            <Field
              key={flag}
              hint={p1 ? texts.trust[`${flag}Hint`] : `${texts.trust[`${flag}Hint`]} ${texts.p1Needed}`}
            >
              <Checkbox
                label={texts.trust[flag]}
                checked={trust[flag] === true}
                disabled={locked || (!p1 && trust[flag] !== true)}
                onChange={(_, { checked }) =>
                  onChange({ inboundTrust: { ...trust, [flag]: checked === true } })
                }
              />
            </Field>
          ))}
          {trust.isMfaAccepted && <Note>{texts.trust.registration}</Note>}
        </section>
      )}
      {subject.kind === 'organization' && (
        <section className={styles.group} aria-labelledby="redemption-heading">
          <Subtitle2 as="h3" id="redemption-heading">
            {texts.trust.redemptionHeading}
          </Subtitle2>
          <Field
            hint={[
              (inwards ? texts.trust.redeemInbound : texts.trust.redeemOutbound)(subject.name),
              !subject.sameCloud && texts.trust.crossCloud,
              !p1 && texts.p1Needed,
            ]
              .filter(Boolean)
              .join(' ')}
          >
            <Checkbox
              label={texts.trust.redeem(subject.name)}
              checked={redeems}
              disabled={locked || (!redeems && (!p1 || !subject.sameCloud))}
              onChange={(_, { checked }) =>
                onChange({ [inwards ? 'inboundAllowed' : 'outboundAllowed']: checked === true })
              }
            />
          </Field>
        </section>
      )}
    </div>
  );
}
