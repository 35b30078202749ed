import { z } from 'zod';
import type { StatusSpan } from '../ports/deliveries.ts';

const CLASS_WIDTH = 99;

/** `503`, or a class of them: `5xx`. */
export const statusSchema = z
  .string()
  .regex(/^[1-5](\d\d|xx)$/, { error: 'must be an HTTP status, as 503, or a class of them, as 5xx' })
  .transform((text): StatusSpan => {
    const from = Number(text.replace('xx', '00'));
    return { from, to: text.endsWith('xx') ? from + CLASS_WIDTH : from };
  })
  .optional()
  .meta({ description: 'Only those whose last attempt was answered so: `503`, or `5xx`.', examples: ['5xx'] });

export function showStatusSpan({ from, to }: StatusSpan): string {
  return from === to ? String(from) : `${Math.floor(from / 100)}xx`;
}
