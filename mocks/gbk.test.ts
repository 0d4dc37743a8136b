import { expect, test } from 'vitest';
import { toGbk } from './gbk.ts';

test.each([
  ['a,1\t', '612c3109'],
  ['支付宝', 'd6a7b8b6b1a6'],
  ['（元）￥', 'a3a8d4aaa3a9a3a4'],
  ['€ ǹ 😀 ', '3f203f203f20'],
])('%j is %s', (text, hex) => {
  expect(Buffer.from(toGbk(text)).toString('hex')).toBe(hex);
});
