import { expect, test } from 'vitest';
import { control, type Decision, deciding, type Finding } from './decision';

const finding = (more: Partial<Finding>): Finding => ({
  side: 'resource',
  section: 'b2bCollaborationInbound',
  verdict: 'block',
  code: 'inbound_blocked',
  source: 'partner',
  sentence: null,
  ...more,
});

test('each finding leads to the setting that decides it, and to nothing of the other side', () => {
  const inbound = { tenant: 't' };
  expect(control(finding({}), inbound)).toBe(
    '/cross-tenant-access/organizations/t/inbound?tab=collaboration',
  );
  expect(control(finding({ source: 'default' }), inbound)).toBe(
    '/cross-tenant-access/default/inbound?tab=collaboration',
  );
  expect(control(finding({ side: 'home' }), inbound)).toBeUndefined();
  expect(
    control(finding({ side: 'home', section: 'b2bDirectConnectOutbound' }), { ...inbound, dir: 'outbound' }),
  ).toBe('/cross-tenant-access/organizations/t/outbound?tab=direct');
  expect(control(finding({ section: 'allowedCloudEndpoints' }), inbound)).toBe('/cross-tenant-access/clouds');
});

test('the last finding with the verdict and the reason of the whole decides', () => {
  const first = finding({});
  const last = finding({ section: 'redemption' });
  const whole = {
    decision: 'block',
    reason: 'inbound_blocked',
    findings: [first, last, finding({ code: 'x' })],
  };
  expect(deciding(whole as Decision)).toBe(last);
  expect(deciding({ ...whole, decision: 'allow' } as Decision)).toBeUndefined();
});
