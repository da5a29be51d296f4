// Somebody is asked to come in as a guest; and the link with which they do.

import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Radio,
  RadioGroup,
  Text,
  Textarea,
  tokens,
} from '@fluentui/react-components';
import { useState } from 'react';
import { carryOut, type Schemas } from '../../api/client';
import { usersKey } from '../../directory/data';
import { Copyable } from '../../pieces/Copyable';
import { FormDialog } from '../../pieces/FormDialog';
import { ButtonLink } from '../../pieces/Link';
import { useWriting } from '../../pieces/writing';
import { invited as texts } from '../words';
import { isAddress, isWholeAddress } from './address';

type Invitation = Schemas['invitation'];

/** Somebody who has been invited before. */
export interface Again {
  id: string;
  address: string;
  name: string;
  /** Whether they had accepted, which is taken back. */
  accepted: boolean;
}

const LONGEST = 4000;

const useStyles = makeStyles({ done: { display: 'grid', gap: tokens.spacingVerticalM } });

interface Draft {
  address: string;
  name: string;
  redirect: string;
  userType: 'Guest' | 'Member';
  send: boolean;
  message: string;
}

function bodyOf(draft: Draft, again: Again | undefined) {
  return {
    invitedUserEmailAddress: draft.address.trim(),
    inviteRedirectUrl: draft.redirect.trim(),
    sendInvitationMessage: draft.send,
    ...(draft.name.trim() && { invitedUserDisplayName: draft.name.trim() }),
    ...(!again && { invitedUserType: draft.userType }),
    ...(draft.send && draft.message && { invitedUserMessageInfo: { customizedMessageBody: draft.message } }),
    ...(again?.accepted && { invitedUser: { id: again.id }, resetRedemption: true }),
  };
}

export function InviteDialog({
  open,
  again,
  onClose,
}: {
  open: boolean;
  again?: Again;
  onClose: () => void;
}) {
  const writing = useWriting(usersKey);
  const [made, setMade] = useState<Invitation>();
  const [tried, setTried] = useState(false);
  const [draft, setDraft] = useState<Draft>({
    address: again?.address ?? '',
    name: again?.name ?? '',
    redirect: `${location.origin}/`,
    userType: 'Guest',
    send: true,
    message: '',
  });
  const edit = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const wrongAddress = !isAddress(draft.address.trim());
  const wrongRedirect = !isWholeAddress(draft.redirect.trim());
  const wrongMessage = draft.message.length > LONGEST;

  const submit = () => {
    setTried(true);
    if (wrongAddress || wrongRedirect || wrongMessage) return;
    void writing.run(async () => {
      const { body } = await carryOut({ method: 'POST', url: '/invitations', body: bodyOf(draft, again) });
      setMade(body as Invitation);
    });
  };
  if (made) return <Made invitation={made} sent={draft.send} open={open} onClose={onClose} />;
  return (
    <FormDialog
      open={open}
      title={again ? texts.againOf(again.name || again.address) : texts.title}
      submit={texts.submit}
      writing={writing}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={texts.email}
        required
        validationMessage={tried && wrongAddress ? texts.emailWrong : undefined}
      >
        <Input
          type="email"
          value={draft.address}
          readOnly={again !== undefined}
          onChange={(_, { value }) => edit({ address: value })}
        />
      </Field>
      <Field label={texts.displayName} hint={texts.displayNameHint}>
        <Input
          value={draft.name}
          dir="auto"
          maxLength={256}
          onChange={(_, { value }) => edit({ name: value })}
        />
      </Field>
      {!again && (
        <Field label={texts.userType}>
          <RadioGroup
            layout="horizontal"
            value={draft.userType}
            onChange={(_, { value }) => edit({ userType: value as Draft['userType'] })}
          >
            <Radio value="Guest" label={texts.guest} />
            <Radio value="Member" label={texts.member} />
          </RadioGroup>
        </Field>
      )}
      <Field
        label={texts.redirect}
        hint={texts.redirectHint}
        required
        validationMessage={tried && wrongRedirect ? texts.redirectWrong : undefined}
      >
        <Input type="url" value={draft.redirect} onChange={(_, { value }) => edit({ redirect: value })} />
      </Field>
      <Field hint={texts.sendHint}>
        <Checkbox
          label={texts.send}
          checked={draft.send}
          onChange={(_, { checked }) => edit({ send: checked === true })}
        />
      </Field>
      {draft.send && (
        <Field label={texts.message} validationMessage={wrongMessage ? texts.messageLong : undefined}>
          <Textarea value={draft.message} dir="auto" onChange={(_, { value }) => edit({ message: value })} />
        </Field>
      )}
    </FormDialog>
  );
}

interface MadeProps {
  invitation: Invitation;
  sent: boolean;
  open: boolean;
  onClose: () => void;
}

function Made({ invitation, sent, open, onClose }: MadeProps) {
  const styles = useStyles();
  return (
    <Dialog open={open} modalType="modal" onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{texts.doneTitle}</DialogTitle>
          <DialogContent className={styles.done}>
            <Text>{sent ? texts.sent : texts.notSent}</Text>
            <div>
              <Text block weight="semibold">
                {texts.link}
              </Text>
              <Copyable text={invitation.inviteRedeemUrl ?? ''} what={texts.link} />
            </div>
            <Text>{texts.linkLead}</Text>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {texts.close}
            </Button>
            <ButtonLink to="/users/$id" params={{ id: invitation.invitedUser?.id ?? '' }}>
              {texts.openUser}
            </ButtonLink>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
