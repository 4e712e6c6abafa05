// Shortening of texts.

/** At most so many characters from the beginning; never half of one, which neither jsonb nor UTF-8 takes. */
export function beginning(text: string, most: number): string {
  return Array.from(text.slice(0, 2 * most))
    .slice(0, most)
    .join('')
}
