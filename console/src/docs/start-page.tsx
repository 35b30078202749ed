import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { PageTitle } from '../parts/page-title.tsx';
import { CallList } from './call-list.tsx';
import { referenceQuery } from './document.ts';
import { Loading } from './loading.tsx';
import { Markdown } from './markdown.tsx';
import { docs as text } from './strings.ts';

/** Where to begin: the rules of the API, and all its calls. */
export function StartPage() {
  const query = useQuery(referenceQuery);
  return (
    <>
      <PageTitle>{text.title}</PageTitle>
      <Text mb="md" maw={760}>
        {text.intro}
      </Text>
      <Loading query={query}>
        {({ description, tags, webhooks }) => (
          <>
            <Markdown>{description.slice(description.indexOf('\n') + 1)}</Markdown>
            <Text my="md" component="p">
              <a href="/openapi.json">{text.openApi}</a>
            </Text>
            {tags.map((tag) => (
              <section key={tag.name}>
                <Title order={2} mt="xl">
                  {tag.name}
                </Title>
                <Text c="dimmed" mb={6}>
                  {tag.description}
                </Text>
                <CallList operations={tag.operations} />
              </section>
            ))}
            <Title order={2} mt="xl" mb={6}>
              {text.webhooks}
            </Title>
            <CallList operations={webhooks} />
          </>
        )}
      </Loading>
    </>
  );
}
