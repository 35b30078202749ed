import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../../src/sender/address-guard.ts';
import { parseEndpointUrl } from '../../../src/sender/endpoint-url.ts';

const guard = createAddressGuard([]);
// built once, outside the tests: its tables of characters take almost a second
const webUrl = fc.webUrl({ withQueryParameters: true });

describe('parseEndpointUrl', () => {
  it.each([
    ['https://hooks.example.com/a?b=c', 'name', 'hooks.example.com'],
    ['https://HOOKS.Example.com:8443/', 'name', 'hooks.example.com'],
    ['https://bücher.example/', 'name', 'xn--bcher-kva.example'],
    ['https://8.8.8.8/', 'address', '8.8.8.8'],
    ['https://0x08080808/', 'address', '8.8.8.8'],
    ['https://[2606:4700:4700::1111]/', 'address', '2606:4700:4700::1111'],
    ['https://localhost/', 'name', 'localhost'],
    ['https:///evil.example/', 'name', 'evil.example'],
    ['https:\\\\evil.example\\a', 'name', 'evil.example'],
    ['\tht\ntps://hooks.example.com/', 'name', 'hooks.example.com'],
  ])('accepts %s', (text, kind, value) => {
    expect(parseEndpointUrl(text, false, guard)).toMatchObject({ kind: 'ok', host: { kind, value } });
  });

  it.each([
    ['', 'malformed'],
    ['hooks.example.com/a', 'malformed'],
    ['https://', 'malformed'],
    ['https://exa mple.com/', 'malformed'],
    ['https://a.example:99999/', 'malformed'],
    ['https://1.2.3.4.5/', 'malformed'],
    ['https://256.1.1.1/', 'malformed'],
    ['https://[::1', 'malformed'],
    [`https://a.example/${'x'.repeat(9000)}`, 'longer than'],
    ['http://hooks.example.com/', 'https'],
    ['ftp://hooks.example.com/', 'https'],
    ['file:///etc/passwd', 'https'],
    ['unix:/var/run/docker.sock:/info', 'https'],
    ['javascript:alert(1)', 'https'],
    ['https://user@hooks.example.com/', 'user name'],
    ['https://:secret@hooks.example.com/', 'user name'],
    ['https://8.8.8.8@127.0.0.1/', 'user name'],
    ['https://hooks.example.com/#', 'fragment'],
    ['https://hooks.example.com/#part', 'fragment'],
    ['https://hooks.example.com:0/', 'port 0'],
    ['https://hooks.example.com./', 'dot'],
    ['https://localhost./', 'dot'],
    ['https://127.0.0.1/', 'not public'],
    ['https://127.0.0.1./', 'not public'],
    ['https://127.1/', 'not public'],
    ['https://2130706433/', 'not public'],
    ['https://017700000001/', 'not public'],
    ['https://0x7f.0.0.1/', 'not public'],
    ['https://１２７.０.０.１/', 'not public'],
    ['https://①②⑦.⓪.⓪.①/', 'not public'],
    ['https://0/', 'not public'],
    ['https://[::]/', 'not public'],
    ['https://[::1]/', 'not public'],
    ['https://[::ffff:127.0.0.1]/', 'not public'],
    ['https://[::127.0.0.1]/', 'not public'],
    ['https://169.254.169.254/latest/meta-data/', 'not public'],
  ])('refuses %s', (text, why) => {
    const result = parseEndpointUrl(text, false, guard);
    expect(result.kind).toBe('refused');
    if (result.kind === 'refused') expect(result.detail).toContain(why);
  });

  it('accepts http when it is allowed', () => {
    expect(parseEndpointUrl('http://hooks.example.com/', true, guard).kind).toBe('ok');
    expect(parseEndpointUrl('ftp://hooks.example.com/', true, guard).kind).toBe('refused');
  });

  it('judges a URL that it printed itself as it judged the first', () => {
    fc.assert(
      fc.property(fc.oneof(webUrl, fc.string()), (text) => {
        const first = parseEndpointUrl(text, true, guard);
        if (first.kind === 'refused') return true;
        const again = parseEndpointUrl(first.url.href, true, guard);
        return again.kind === 'ok' && again.url.href === first.url.href && again.host.value === first.host.value;
      }),
    );
  });

  it('never reads a private address as a name', () => {
    const octet = fc
      .nat(255)
      .chain((value) => fc.constantFrom(`${value}`, `0x${value.toString(16)}`, `0${value.toString(8)}`));
    const loopback = fc.tuple(fc.constantFrom('127', '0x7f', '0177'), octet, octet, octet).map((parts) => parts.join('.'));
    fc.assert(fc.property(loopback, (host) => parseEndpointUrl(`https://${host}/`, false, guard).kind === 'refused'));
  });
});
