import { Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { missingOptions, OptionsForm } from '../../parts/options/options-form.tsx';
import { IntegrationForm } from './integration-form.tsx';
import { integration as text } from './strings.ts';

type Integration = Schemas['Integration'];

export function useDialect(name: Integration['dialect']) {
  return useQuery({
    queryKey: ['dialects', name],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/dialects/{name}', { params: { path: { name } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const membersOf = ({ name, options }: Integration) => ({ name, options });

/** The name, and the options of the dialect as its schema has them. */
export function OptionsTab({ integration }: { readonly integration: Integration }) {
  const dialect = useDialect(integration.dialect);
  return (
    <Loaded query={dialect}>
      {({ options: schema }) => (
        <IntegrationForm
          integration={integration}
          membersOf={membersOf}
          isValid={({ name, options }) => name.trim() !== '' && missingOptions(schema, options).length === 0}
        >
          {(mine, change, isReadOnly) => (
            <>
              <TextInput
                label={text.options.name}
                value={mine.name}
                readOnly={isReadOnly}
                maxLength={100}
                autoComplete="off"
                error={mine.name.trim() === '' && text.options.nameNeeded}
                onChange={(event) => change({ ...mine, name: event.currentTarget.value })}
              />
              {Object.keys((schema as { properties?: object }).properties ?? {}).length === 0 && (
                <Text size="sm" c="dimmed">
                  {text.options.none}
                </Text>
              )}
              <OptionsForm
                schema={schema}
                options={mine.options}
                isReadOnly={isReadOnly}
                onChange={(options) => change({ ...mine, options })}
              />
            </>
          )}
        </IntegrationForm>
      )}
    </Loaded>
  );
}
