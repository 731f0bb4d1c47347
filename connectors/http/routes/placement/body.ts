/** Checking bodies of this product's own placement API. */
import { z } from 'zod';
import { BadInput } from '../../../../streams/runtime/errors.ts';

/** A name. */
export const text = z.string().min(1).max(253);

/** The body as the schema reads it; else BadInput BAD_BODY with the path of what is wrong. */
export function checkedBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const found = schema.safeParse(body);
  if (found.success) return found.data;
  const [first, ...more] = found.error.issues;
  const place = first!.path.join('.') || 'the body';
  throw new BadInput({
    code: 'BAD_BODY',
    message: `${place}: ${first!.message}${more.length > 0 ? `; ${more.length} more` : ''}`,
  });
}
