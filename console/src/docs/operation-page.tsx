import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { PageTitle } from '../parts/page-title.tsx';
import { Answers } from './answers.tsx';
import { curlOf } from './curl.ts';
import classes from './docs.module.css';
import { type Operation, type Parameter, type Reference, referenceQuery } from './document.ts';
import { Examples, examplesOf } from './examples.tsx';
import { Loading } from './loading.tsx';
import { CodeBlock, Markdown } from './markdown.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { boundsOf, named, typeOf } from './schema.ts';
import { MemberHead, SchemaTree } from './schema-tree.tsx';
import { docs as text } from './strings.ts';

/** One call, or one webhook as its receiver sees it. */
export function OperationPage({ id }: { readonly id: string }) {
  const query = useQuery(referenceQuery);
  return (
    <Loading query={query}>
      {(reference) => {
        const operation = reference.operations.get(id);
        return operation ? <Shown operation={operation} reference={reference} /> : <NotFoundPage />;
      }}
    </Loading>
  );
}

function Shown({ operation, reference }: { readonly operation: Operation; readonly reference: Reference }) {
  const isCall = operation.path !== undefined;
  const [content] = Object.values(operation.requestBody?.content ?? {});
  const examples = examplesOf(content);
  return (
    <>
      <PageTitle>{operation.summary}</PageTitle>
      <div className={classes.operation}>
        <span className={classes.method}>{operation.method}</span>
        {isCall && <span>{operation.path}</span>}
      </div>
      <div className={classes.columns} data-half>
        <div>
          {operation.description && <Markdown>{operation.description}</Markdown>}
          {(['path', 'query', 'header'] as const).map((place) => (
            <Parameters
              key={place}
              title={text.parameters[place]}
              parameters={(operation.parameters ?? []).filter((parameter) => parameter.in === place)}
              reference={reference}
            />
          ))}
          {content?.schema && (
            <section>
              <Title order={2} mt="xl">
                {isCall ? text.sentBody : text.receivedBody}
              </Title>
              <SchemaTree schema={content.schema} reference={reference} />
            </section>
          )}
          <Answers title={isCall ? text.responses : text.answers} operation={operation} reference={reference} />
        </div>
        <div className={classes.aside}>
          {isCall && (
            <>
              <Title order={2} my="xs">
                {text.request}
              </Title>
              <CodeBlock>
                <code>{curlOf(operation, examples[0]?.value)}</code>
              </CodeBlock>
            </>
          )}
          {(examples.length > 1 || !isCall) && <Examples title={text.body} examples={examples} />}
        </div>
      </div>
    </>
  );
}

interface ParametersProps {
  readonly title: string;
  readonly parameters: readonly Parameter[];
  readonly reference: Reference;
}

function Parameters({ title, parameters, reference }: ParametersProps) {
  if (parameters.length === 0) return null;
  return (
    <section>
      <Title order={2} mt="xl" mb={4}>
        {title}
      </Title>
      <ul className={classes.members}>
        {parameters.map((parameter) => (
          <li key={parameter.name}>
            <MemberHead
              name={parameter.name}
              type={typeOf(parameter.schema, reference)}
              isRequired={parameter.required === true}
              bounds={boundsOf(named(parameter.schema, reference).schema)}
            />
            <Description>{parameter.description ?? parameter.schema.description}</Description>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Description({ children }: { readonly children: string | undefined }) {
  return children === undefined ? null : <Markdown>{children}</Markdown>;
}
