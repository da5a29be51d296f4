// A control that is not available says why: a reason, never a bare boolean. It stays where the
// keyboard finds it, and the reason is its description.

import { Button, type ButtonProps, Tooltip } from '@fluentui/react-components';

/** A button; with a reason it does nothing but say so. */
export function ReasonedButton({ reason, ...props }: ButtonProps & { reason: string | undefined }) {
  if (!reason) return <Button {...props} />;
  return (
    <Tooltip content={reason} relationship="description" withArrow>
      <Button {...props} disabledFocusable onClick={undefined} />
    </Tooltip>
  );
}
