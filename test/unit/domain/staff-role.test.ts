import { expect, test } from 'vitest';
import { staffRoleOf } from '../../../src/domain/staff-role.ts';

const rule = (claim: string) => ({ claim, admin: ['ops'], support: ['desk', 'helpdesk'] });

test.each([
  ['a list', 'groups', { groups: ['staff', 'desk'] }, 'support'],
  ['text', 'groups', { groups: 'ops' }, 'admin'],
  ['both values', 'groups', { groups: ['helpdesk', 'ops'] }, 'admin'],
  ['a value that only contains one', 'groups', { groups: ['desktop', 'OPS'] }, undefined],
  ['text with several words', 'groups', { groups: 'ops desk' }, undefined],
  ['no claim', 'groups', {}, undefined],
  ['another kind of value', 'groups', { groups: [1, null, ['ops']] }, undefined],
  ['a claim in an object', 'realm_access.roles', { realm_access: { roles: ['ops'] } }, 'admin'],
  ['a claim with dots in its name', 'https://acme.example/roles', { 'https://acme.example/roles': ['desk'] }, 'support'],
  ['a path into no object', 'groups.roles', { groups: 'ops' }, undefined],
  ['what every object has', 'constructor.name', {}, undefined],
] as const)('%s', (_what, claim, claims, role) => {
  expect(staffRoleOf(claims, rule(claim))).toBe(role);
});
