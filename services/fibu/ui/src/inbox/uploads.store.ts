import { createUploadQueue } from '@valero/ui';

/** Outlives the page: files go on uploading while the user looks at something else. */
export const uploads = createUploadQueue('/api/beleg/documents', () => undefined);
