/**
 * Takes HTTP 200 for success. In the wild: every client that checks `response.ok` alone. Alibaba Cloud refuses with 200
 * and `Success: false`, which its SDK resolves; all answers of Tencent Cloud are 200; so were the refusals of Huawei
 * Cloud's version 1.0. Witness: one grant that is refused like this.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that counts as granted what was refused. */
export const statusTakenForSuccess = defineVariant({
  id: 'status-taken-for-success',
  kind: 'defect',
  summary: 'Counts a grant as made when its answer is HTTP 200, whatever the answer says.',
  witness: 'failures-inside',
  invariant: 'granted-once',
  parts: { ...soundParts, isSuccess: ({ status }) => status === 200 },
});
