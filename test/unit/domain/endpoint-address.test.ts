import { expect, test } from 'vitest';
import { endpointAddress } from '../../../src/domain/endpoint-address.ts';
import { subscriptionInputSchema } from '../../../src/domain/subscription.ts';

const ADDRESS = 'https://hooks.example.com/wallet';

test.each([
  ADDRESS,
  '  https://hooks.example.com/wallet\t',
  'HTTPS://Hooks.Example.COM/wallet',
  'https://hooks.example.com:443/wallet',
  'https://hooks.example.com/x/../wallet',
  'https:\\\\hooks.example.com\\wallet',
  'https://hooks.example.com/./wallet',
  'https://hooks.example.com/%2e/wallet',
  'https://ｈooks.example.com/wallet',
])('%j is one address', (url) => {
  expect(endpointAddress(url)).toBe(ADDRESS);
});

test.each([
  'http://hooks.example.com/wallet',
  'https://hooks.example.com:8443/wallet',
  'https://hooks.example.com/wallet/',
  'https://hooks.example.com/Wallet',
  'https://hooks.example.com/wallet?',
  'https://hooks.example.com/wallet?a=1',
  'no url',
])('%j is another', (url) => {
  expect(endpointAddress(url)).not.toBe(ADDRESS);
});

test('a URL is trimmed, and otherwise stays as it was written', () => {
  expect(subscriptionInputSchema.shape.url.parse(' HTTPS://Hooks.example.com:443/x/../wallet\n')).toBe(
    'HTTPS://Hooks.example.com:443/x/../wallet',
  );
  expect(subscriptionInputSchema.shape.url.safeParse(' \n ').success).toBe(false);
});
