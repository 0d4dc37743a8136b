/**
 * `npm run answers`: has the real Prometheus answer the questions in `harness/observe/promql/testdata/*.test`, and
 * writes its answers below them. Throws what `needProgram` throws when there is none.
 */
import { writeFileSync } from 'node:fs';
import { needProgram } from '#harness/binaries/find';
import { answeredBy, scriptFiles } from '#harness/observe/promql/testdata/answers';

const prometheus = await needProgram('prometheus');
for (const { path, text } of scriptFiles()) {
  const answered = await answeredBy(prometheus.path, text);
  if (answered !== text) writeFileSync(path, answered);
  console.log(`${answered === text ? 'same ' : 'wrote'} ${path}`);
}
