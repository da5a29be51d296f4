// Where what one sees comes from: always there, in words.

import { Badge } from '@fluentui/react-components';
import { ArrowTurnDownRightRegular, EditRegular } from '@fluentui/react-icons';
import type { Subject } from './draft';
import { texts } from './words';

export interface OriginProps {
  subject: Subject;
  /** Whether the organization has its own. */
  own: boolean;
  /** Whether the default was ever written. */
  isServiceDefault: boolean | undefined;
  /** What there is no default for. */
  withoutDefault?: boolean;
  /** Whether it is changed and not saved. */
  changed: boolean;
}

export function Origin({ subject, own, isServiceDefault, withoutDefault, changed }: OriginProps) {
  const said =
    subject.kind === 'default'
      ? isServiceDefault
        ? texts.origin.system
        : texts.origin.default
      : own
        ? texts.origin.own(subject.name)
        : withoutDefault
          ? texts.origin.off
          : texts.origin.inherited;
  const mine = own && subject.kind === 'organization';
  return (
    <Badge
      appearance="tint"
      color={mine ? 'brand' : 'subtle'}
      size="large"
      icon={mine ? <EditRegular /> : <ArrowTurnDownRightRegular />}
    >
      {changed ? `${said} (${texts.origin.draft})` : said}
    </Badge>
  );
}
