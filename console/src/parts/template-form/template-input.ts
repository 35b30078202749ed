import { z } from 'zod';
import { zTemplateField, zTemplateInput } from '../../../../client/generated/zod.ts';
import type { Schemas } from '../../../../client/index.ts';
import { templateForm as text } from '../../strings/template-form.ts';

export type TemplateInput = Schemas['TemplateInput'];

export const EMPTY_TEMPLATE: TemplateInput = { name: '', passType: 'generic', fields: [] };

const field = zTemplateField.extend({
  key: z
    .string()
    .min(1, text.keyNeeded)
    .max(128)
    .refine((key) => !/^(\d+|__proto__)$/.test(key), text.keyUnstable),
});

/** What the API takes, with words of the console, and each key once. */
export const templateSchema = zTemplateInput.extend({
  name: z.string().trim().min(1, text.nameNeeded).max(255),
  fields: z.array(field).superRefine((fields, context) => {
    const known = new Set<string>();
    for (const [index, { key }] of fields.entries()) {
      if (known.has(key)) context.addIssue({ code: 'custom', path: [index, 'key'], message: text.keyTaken });
      known.add(key);
    }
  }),
});
