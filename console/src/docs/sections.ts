import GithubSlugger from 'github-slugger';

export interface Section {
  /** 1 for the title of the guide. */
  readonly level: number;
  readonly title: string;
  /** The fragment of its address, as GitHub and rehype-slug make it. */
  readonly slug: string;
  /** What stands below its heading, up to the next one. */
  readonly text: string;
}

const HEADING = /^(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const FENCE = /^\s*(```|~~~)/;

/** The sections of a guide by its headings. */
export function sectionsOf(markdown: string): readonly Section[] {
  const slugger = new GithubSlugger();
  const sections: { level: number; title: string; slug: string; text: string }[] = [];
  let isCode = false;
  for (const line of markdown.split('\n')) {
    if (FENCE.test(line)) isCode = !isCode;
    const heading = isCode ? null : HEADING.exec(line);
    if (heading) {
      const title = plainText(heading[2] ?? '');
      sections.push({ level: heading[1]?.length ?? 1, title, slug: slugger.slug(title), text: '' });
    } else {
      const last = sections.at(-1);
      if (last) last.text += `${line}\n`;
    }
  }
  return sections;
}

/** A heading without its marks. */
function plainText(heading: string): string {
  return heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
}
