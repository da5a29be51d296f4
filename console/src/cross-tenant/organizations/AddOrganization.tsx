// A pane with one field: find an organization, and add it.

import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  OverlayDrawer,
  Radio,
  RadioGroup,
  Text,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { carryOut, type Schemas } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import { ProblemBar } from '../../pieces/ProblemBar';
import { useMe } from '../../session/session';
import { isGuid } from '../data/model';
import { type PartnerName, settingsMoved, tenantByDomain, tenantById } from '../data/queries';
import { texts } from './words';

type Found = Schemas['tenantInformation'];

const useStyles = makeStyles({
  form: { display: 'grid', gap: tokens.spacingVerticalL },
  row: { display: 'flex', alignItems: 'end', gap: tokens.spacingHorizontalS },
  field: { flexGrow: 1 },
  result: { display: 'grid' },
});

const DOMAIN = /^(?=.{3,253}$)([\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,}$/u;

export interface AddOrganizationProps {
  open: boolean;
  known: readonly PartnerName[];
  onClose: () => void;
  onAdded: (name: string) => void;
}

export function AddOrganization({ open, known, onClose, onAdded }: AddOrganizationProps) {
  const styles = useStyles();
  const me = useMe();
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string>();
  const [found, setFound] = useState<Found>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (!open) return;
    setTyped('');
    setWrong(undefined);
    setFound(undefined);
    setProblem(undefined);
  }, [open]);

  async function find(event: FormEvent) {
    event.preventDefault();
    const name = typed.trim();
    setFound(undefined);
    setProblem(undefined);
    if (!isGuid(name) && !DOMAIN.test(name)) {
      setWrong(texts.add.unreadable);
      input.current?.focus();
      return;
    }
    setBusy(true);
    try {
      const asked = isGuid(name) ? tenantById(name) : tenantByDomain(name);
      const tenant = (await queries.fetchQuery({
        ...(asked as ReturnType<typeof tenantById>),
        retry: false,
      })) as Found;
      setFound(tenant);
      setWrong(undefined);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.status === 404 || problem.status === 400) setWrong(texts.add.none(name));
      else setProblem(problem);
    } finally {
      setBusy(false);
    }
  }

  const add = useMutation({
    mutationFn: (tenant: Found) =>
      carryOut({
        method: 'POST',
        url: '/policies/crossTenantAccessPolicy/partners',
        body: { tenantId: tenant.tenantId },
      }),
    onSuccess: async (_, tenant) => {
      await settingsMoved(queries);
      onAdded(tenant.displayName ?? tenant.tenantId ?? '');
    },
    onError: (thrown) => setProblem(asProblem(thrown)),
  });

  const name = found?.displayName ?? texts.unnamed;
  const obstacle =
    found?.tenantId === me.tenant.id
      ? texts.add.self
      : known.some((row) => row.tenantId === found?.tenantId)
        ? texts.add.present(name)
        : undefined;

  return (
    <OverlayDrawer
      open={open}
      position="end"
      size="medium"
      onOpenChange={(_, data) => !data.open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button
              appearance="subtle"
              icon={<DismissRegular />}
              aria-label={texts.add.close}
              onClick={onClose}
            />
          }
        >
          {texts.add.title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <div className={styles.form}>
          <Text>{texts.add.lead}</Text>
          <form className={styles.row} onSubmit={find} noValidate>
            <Field
              className={styles.field}
              label={texts.add.field}
              hint={texts.add.hint}
              validationState={wrong ? 'error' : 'none'}
              validationMessage={wrong}
            >
              <Input
                ref={input}
                value={typed}
                spellCheck={false}
                autoComplete="off"
                maxLength={300}
                contentAfter={
                  <Button type="submit" appearance="primary" size="small" disabledFocusable={busy}>
                    {texts.add.find}
                  </Button>
                }
                onChange={(_, { value }) => {
                  setTyped(value);
                  setWrong(undefined);
                }}
              />
            </Field>
          </form>
          {problem && <ProblemBar problem={problem} />}
          {found && (
            <Field label={texts.add.result}>
              <RadioGroup defaultValue={found.tenantId}>
                <Radio
                  value={found.tenantId}
                  label={
                    <span className={styles.result}>
                      <Text weight="semibold" dir="auto">
                        {name}
                      </Text>
                      <Text size={200}>{found.defaultDomainName}</Text>
                      <Text size={200} font="monospace">
                        {found.tenantId}
                      </Text>
                    </span>
                  }
                />
              </RadioGroup>
            </Field>
          )}
          {obstacle && (
            <MessageBar intent="info" layout="multiline">
              <MessageBarBody>{obstacle}</MessageBarBody>
            </MessageBar>
          )}
        </div>
      </DrawerBody>
      <DrawerFooter>
        <Button
          appearance="primary"
          disabledFocusable={!found || obstacle !== undefined || add.isPending}
          onClick={() => found && !obstacle && !add.isPending && add.mutate(found)}
        >
          {texts.add.add}
        </Button>
        <Button onClick={onClose}>{texts.add.close}</Button>
      </DrawerFooter>
    </OverlayDrawer>
  );
}
