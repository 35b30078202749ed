import { expect, test } from 'vitest';
import { readConfig, withoutSecrets } from '../../src/config.ts';
import { testEnv } from '../support/client.ts';

const base = { ...testEnv(), DATABASE_URL: 'postgres://h/d', REDIS_URL: 'redis://h' };
const provider = {
  OIDC_ISSUER: 'https://id.example.com/',
  OIDC_CLIENT_ID: 'passwire',
  OIDC_CLIENT_SECRET: 'hush',
  OIDC_SUPPORT_VALUES: 'desk, helpdesk',
};

test('a provider is read, and the log has no secret of it', () => {
  const config = readConfig({ ...base, ...provider });
  expect(config.identity).toMatchObject({
    issuer: 'https://id.example.com/',
    scopes: 'openid profile email',
    roles: { claim: 'groups', admin: [], support: ['desk', 'helpdesk'] },
  });
  expect(JSON.stringify(withoutSecrets(config))).not.toContain('hush');
});

test('without an issuer there is none', () => {
  expect(readConfig({ ...base, OIDC_CLIENT_SECRET: 'hush' }).identity).toBeUndefined();
});

test.each([
  [{ OIDC_CLIENT_ID: '' }, /OIDC_CLIENT_ID: is required with OIDC_ISSUER/],
  [{ OIDC_CLIENT_SECRET: '' }, /OIDC_CLIENT_SECRET: is required with OIDC_ISSUER/],
  [{ OIDC_SUPPORT_VALUES: '' }, /OIDC_ADMIN_VALUES: or OIDC_SUPPORT_VALUES is required/],
  [{ OIDC_ISSUER: 'http://id.example.com' }, /OIDC_ISSUER: must be an https:\/\/ URL; http:\/\/ is for localhost/],
  [{ OIDC_SCOPES: 'profile' }, /OIDC_SCOPES: must contain openid/],
  [{ PUBLIC_URL: 'http://passwire.example' }, /PUBLIC_URL: must be an https/],
])('%j is refused', (wrong, message) => {
  expect(() => readConfig({ ...base, ...provider, ...wrong })).toThrow(message);
});
