import { Button, Grid, Group, Stack, Stepper, Tabs, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { useGo } from '../../router/use-go.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { NotFound } from '../../shell/not-found.tsx';
import { type Dialect, type Draft, problemOf, STEPS, type Step, triggersOf } from './draft.ts';
import { DraftPreview } from './draft-preview.tsx';
import { LeaveGuard } from './leave-guard.tsx';
import type { Saved } from './save.ts';
import type { StepProps } from './step-props.ts';
import { EndpointStep } from './steps/endpoint-step.tsx';
import { FieldsStep } from './steps/fields-step.tsx';
import { FilterStep } from './steps/filter-step.tsx';
import { SaveStep } from './steps/save-step.tsx';
import { TemplateStep } from './steps/template-step.tsx';
import { TriggersStep } from './steps/triggers-step.tsx';
import { VendorStep } from './steps/vendor-step.tsx';
import { newIntegration as text } from './strings.ts';
import { useDraft } from './use-draft.ts';
import { useDraftPreview } from './use-draft-preview.ts';

/** From a vendor's format to a received webhook, in the vendor's own order. Nothing is stored before the last step, but a new template. */
export function Page() {
  const { step } = useParams({ strict: false }) as { readonly step?: Step };
  const dialects = useQuery({
    queryKey: ['dialects'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/dialects', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!step || !STEPS.includes(step)) return <NotFound />;
  return (
    <Stack gap="md">
      <TenantNeeded>
        {(tenantId) => (
          <Loaded query={dialects}>{({ data }) => <Wizard tenantId={tenantId} step={step} dialects={data} />}</Loaded>
        )}
      </TenantNeeded>
    </Stack>
  );
}

interface WizardProps {
  readonly tenantId: string;
  readonly step: Step;
  readonly dialects: readonly Dialect[];
}

function Wizard({ tenantId, step, dialects }: WizardProps) {
  const go = useGo();
  const isNarrow = useMediaQuery('(max-width: 56.25em)') ?? false;
  const [draft, change] = useDraft();
  useGivenIntegration(draft, change);
  const [saved, setSaved] = useState<Saved>();
  const isSaved = saved !== undefined && saved.refusals.length === 0;
  const dialect = dialects.find(({ name }) => name === draft.dialect);
  const shown = useDraftPreview(tenantId, draft, dialect);
  const at = STEPS.indexOf(step);
  const goTo = (index: number): void => {
    const name = STEPS[index];
    if (name) go({ to: '/integrations/new/$step', params: { step: name } });
  };
  const problem = problemOf(step, draft, dialect);
  const unfinished = STEPS.slice(0, at).filter((one) => problemOf(one, draft, dialect) !== undefined);
  const props: StepProps = { tenantId, dialects, dialect, draft, change };
  const form = (
    <Stack gap="lg" component="section" aria-label={text.titles[step]}>
      {step === 'vendor' && <VendorStep {...props} />}
      {step === 'endpoint' && <EndpointStep {...props} />}
      {step === 'template' && <TemplateStep {...props} />}
      {step === 'triggers' && <TriggersStep {...props} />}
      {step === 'fields' && <FieldsStep {...props} shown={shown} />}
      {step === 'filter' && <FilterStep {...props} shown={shown} />}
      {step === 'save' && (
        <SaveStep
          {...props}
          unfinished={unfinished}
          saved={saved}
          onGoTo={(one) => goTo(STEPS.indexOf(one))}
          onSaved={setSaved}
        />
      )}
      {!isSaved && (
        <Group gap="sm">
          {at > 0 && (
            <Button variant="default" onClick={() => goTo(at - 1)}>
              {text.back}
            </Button>
          )}
          {step !== 'save' && (
            <Button onClick={() => goTo(at + 1)} disabled={problem !== undefined}>
              {text.next}
            </Button>
          )}
          {problem !== undefined && (
            <Text size="sm" role="status">
              {problem}
            </Text>
          )}
        </Group>
      )}
    </Stack>
  );
  const hasPreview = dialect !== undefined && triggersOf(draft, dialect).length > 0 && !isSaved;
  const preview = hasPreview && <DraftPreview tenantId={tenantId} draft={draft} shown={shown} />;
  return (
    <>
      <PageTitle key={step}>{isSaved ? text.titles.saved : text.titles[step]}</PageTitle>
      {isNarrow ? (
        <Text size="sm" c="dimmed">
          {text.stepOf(at + 1, STEPS.length)}
        </Text>
      ) : (
        <Stepper active={at} onStepClick={goTo} size="xs" aria-label={text.steps}>
          {STEPS.map((one) => (
            <Stepper.Step
              key={one}
              label={text.names[one]}
              allowStepSelect={!isSaved && STEPS.indexOf(one) <= Math.max(at, reached(draft, dialect))}
              {...(unfinished.includes(one) && { description: text.lookAgain })}
            />
          ))}
        </Stepper>
      )}
      {preview === false ? (
        form
      ) : isNarrow ? (
        <Tabs defaultValue="form">
          <Tabs.List mb="md">
            <Tabs.Tab value="form">{text.form}</Tabs.Tab>
            <Tabs.Tab value="preview">{text.previewOf(shown.changes)}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="form">{form}</Tabs.Panel>
          <Tabs.Panel value="preview">{preview}</Tabs.Panel>
        </Tabs>
      ) : (
        <Grid gap="xl">
          <Grid.Col span={7}>{form}</Grid.Col>
          <Grid.Col span={5}>{preview}</Grid.Col>
        </Grid>
      )}
      <LeaveGuard isDirty={draft.revision > 0 && !isSaved} />
    </>
  );
}

/** The last step that can be gone to: the first one that still needs something. */
function reached(draft: Draft, dialect: Dialect | undefined): number {
  const first = STEPS.findIndex((step) => problemOf(step, draft, dialect) !== undefined);
  return first === -1 ? STEPS.length - 1 : first;
}

/** An integration that the address names (`?integration=`) is the one that triggers are added to. */
function useGivenIntegration({ existing }: Draft, change: StepProps['change']): void {
  const [{ integration: id = '' }] = useQueryString();
  const { data } = useQuery({
    queryKey: ['integrations', 'one', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/integrations/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '' && existing?.id !== id,
  });
  useEffect(() => {
    if (!data || existing?.id === data.id) return;
    const { id: given, name, dialect, options } = data;
    change({ existing: { id: given, name }, name, dialect, options });
  }, [data, existing, change]);
}
