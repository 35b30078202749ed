import { PreviewPanel } from '../../parts/preview/preview-panel.tsx';
import { type Draft, mappingOf } from './draft.ts';
import type { ShownPreview } from './use-draft-preview.ts';

interface Props {
  readonly tenantId: string;
  readonly draft: Draft;
  readonly shown: ShownPreview;
}

export function DraftPreview({ tenantId, draft, shown: { trigger, previewed, source, setSource } }: Props) {
  if (!trigger) return null;
  return (
    <PreviewPanel
      tenantId={tenantId}
      trigger={trigger}
      previewed={previewed}
      mapping={mappingOf(draft, trigger)}
      source={source}
      onSource={setSource}
    />
  );
}
