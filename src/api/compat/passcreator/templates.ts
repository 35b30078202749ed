import { z } from 'zod';
import { personalised } from '../../../dialects/passcreator.ts';
import { sampleEvent } from '../../../domain/sample-event.ts';
import { FIELD_AREAS, type Template } from '../../../domain/template.ts';
import { configOf } from '../configured.ts';
import { type DoorRoute, doorRoute } from '../door.ts';
import { requireTemplate } from './hooks.ts';

const MINUTES_LENGTH = '2021-04-08 14:54'.length;

const fieldSchema = z.object({
  index: z.int().meta({ description: 'Its index in its area.' }),
  type: z.string().meta({ description: 'The type of its values.' }),
  label: z.string().meta({ description: 'The label on the pass.' }),
  value: z.string().meta({ description: 'A sample.' }),
});

const descriptionSchema = z
  .union([
    z.object({
      success: z.literal(true).meta({ description: 'Always true.' }),
      description: z.string().meta({ description: 'What was done.' }),
      errors: z.array(z.string()).meta({ description: 'Always empty.' }),
      data: z
        .object({
          name: z.string().meta({ description: 'The name of the template.' }),
          type: z.string().meta({ description: 'The type of its passes.' }),
          fields: z.record(z.string(), z.array(fieldSchema)).meta({ description: 'The fields by area.' }),
          expiration: z
            .object({
              expirationDate: z.string().meta({ description: 'A sample, UTC.' }),
              expirationDateDifferentForEachPass: z.boolean().meta({ description: 'Whether it is personalised.' }),
            })
            .meta({ description: 'The date of expiry.' }),
        })
        .meta({ description: 'The template.' }),
    }),
    z.record(z.string(), z.string()),
  ])
  .meta({
    id: 'PasscreatorDescription',
    description: 'A template; with `zapierStyle=true` the names of its personalised values, with samples.',
    examples: [{ secondaryFields_0_Name: 'Jane', barcodeValue: '1234567890' }],
  });

const describing = {
  method: 'get',
  summary: 'Describe a template',
  params: {
    templateIdentifier: {
      description: 'The `vendor.passcreator.guid` of a template, its `externalId`, or our id.',
      example: '02fd53c5-863e-4056-9dbf-2525fa171123',
    },
  },
  query: z.object({
    zapierStyle: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: '`true`: a flat object of the personalised names.', examples: ['true'] }),
  }),
  status: 200,
  answer: descriptionSchema,
} as const;

/** P-D6: either path has either form. */
export const templateRoutes: readonly DoorRoute[] = [
  { path: '/api/v2/pass-template/{templateIdentifier}/describe', operationId: 'passcreatorDescribe' },
  { path: '/api/pass-template/{templateIdentifier}', operationId: 'passcreatorDescribeOld' },
].map((where) =>
  doorRoute({
    ...describing,
    ...where,
    async handle(context, { tenantId, params, query }) {
      const template = requireTemplate(await configOf(context, tenantId), params.templateIdentifier);
      const nowMs = context.clock();
      return query.zapierStyle === 'true' ? flat(template, nowMs) : enveloped(template, nowMs);
    },
  }),
);

function flat(template: Template, nowMs: number): Record<string, string> {
  const { pass } = sampleEvent(template, 'pass.created', nowMs).facts;
  return Object.fromEntries(
    personalised(pass, template).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

function enveloped(template: Template, nowMs: number) {
  const { pass } = sampleEvent(template, 'pass.created', nowMs).facts;
  const fieldsOf = (area: string) =>
    template.fields
      .filter((field) => field.area === area)
      .map(({ key, label, index, type }, position) => ({
        index: index ?? position,
        type,
        label: label ?? key,
        value: String(pass.fields?.[key] ?? ''),
      }));
  return {
    success: true as const,
    description: 'success',
    errors: [],
    data: {
      name: template.name,
      type: template.passType,
      fields: Object.fromEntries(FIELD_AREAS.map((area) => [area, fieldsOf(area)])),
      expiration: {
        // without seconds, as the vendor's page has it
        expirationDate: (pass.expiresAt ?? '').replace('T', ' ').slice(0, MINUTES_LENGTH),
        expirationDateDifferentForEachPass: template.personalised.expiry,
      },
    },
  };
}
