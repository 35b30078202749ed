import type { SecretBox } from './secret-box.ts';

// What a dry run found, sealed like a secret, so that it needs no row and starts what was shown and nothing else.

export function sealToken(box: SecretBox, content: object): string {
  const { keyId, box: sealed } = box.seal(JSON.stringify(content));
  return `${keyId}.${Buffer.from(sealed).toString('base64url')}`;
}

/** The content of a token or of another secret of this installation; undefined when it was not made here. */
export function openToken(box: SecretBox, token: string): unknown {
  const at = token.lastIndexOf('.');
  const text = box.tryOpen({ keyId: token.slice(0, at), box: Buffer.from(token.slice(at + 1), 'base64url') });
  return text === undefined ? undefined : JSON.parse(text);
}
