// Before anybody is signed in: which organization, and what has gone wrong.

import {
  Button,
  Field,
  Input,
  Link,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Spinner,
  Title1,
  tokens,
} from '@fluentui/react-components';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Mark } from '../frame/Mark';
import { leave, tenantOf } from './provider';
import { remember, remembered } from './session';
import { texts } from './words';

const useStyles = makeStyles({
  page: {
    minHeight: '100vh',
    display: 'grid',
    placeItems: 'center',
    padding: tokens.spacingHorizontalL,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  card: {
    width: '100%',
    maxWidth: '26rem',
    display: 'grid',
    gap: tokens.spacingVerticalL,
    padding: tokens.spacingHorizontalXXXL,
    backgroundColor: tokens.colorNeutralBackground1,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusXLarge,
    boxShadow: tokens.shadow16,
  },
  lead: { margin: 0, color: tokens.colorNeutralForeground2 },
  form: { display: 'grid', gap: tokens.spacingVerticalL },
});

/** The card that everything before signing in is shown on. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  const styles = useStyles();
  useEffect(() => {
    document.title = `${title} - Comity`;
  }, [title]);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Mark name />
        <Title1 as="h1">{title}</Title1>
        {children}
      </div>
    </main>
  );
}

export function Working() {
  return (
    <main>
      <Spinner style={{ minHeight: '100vh' }} label={texts.working} />
    </main>
  );
}

export function SignIn({ target, problem }: { target: string; problem?: string }) {
  const styles = useStyles();
  const known = remembered();
  const [address, setAddress] = useState(known?.address ?? '');
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  async function next(event: FormEvent) {
    event.preventDefault();
    const name = address.trim();
    const domain = name.split('@').at(-1) ?? '';
    const reject = (message: string) => {
      setWrong(message);
      setBusy(false);
      field.current?.focus();
    };
    if (!/^[^\s@]+@[^\s@]+$/.test(name)) return reject(texts.addressMissing);
    setBusy(true);
    try {
      const tenant = await tenantOf(domain);
      if (!tenant) return reject(texts.noTenant(domain));
      remember({ tenant, address: name });
      await leave({ tenant, hint: name, target });
    } catch (thrown) {
      reject(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  return (
    <Card title={texts.title}>
      <p className={styles.lead}>{texts.lead}</p>
      {problem && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{texts.failed}</MessageBarTitle>
            {problem}
          </MessageBarBody>
        </MessageBar>
      )}
      <form className={styles.form} onSubmit={next} noValidate>
        <Field
          label={texts.address}
          hint={texts.addressHint}
          validationState={wrong ? 'error' : 'none'}
          validationMessage={wrong}
          required
        >
          <Input
            ref={field}
            type="email"
            autoComplete="username"
            spellCheck={false}
            size="large"
            value={address}
            onChange={(_, data) => setAddress(data.value)}
          />
        </Field>
        <Button type="submit" appearance="primary" size="large" disabledFocusable={busy}>
          {busy ? texts.working : texts.next}
        </Button>
      </form>
      {known && (
        <Link
          as="button"
          onClick={() => {
            remember(undefined);
            setAddress('');
            field.current?.focus();
          }}
        >
          {texts.other}
        </Link>
      )}
    </Card>
  );
}
