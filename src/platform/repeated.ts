// Answers that are given again and again: they are put into JSON once.
import { serializerCompiler } from 'fastify-type-provider-zod'

const texts = new WeakMap<object, string | null>()

/** Marks an answer that nobody changes any more: sent again, its text is not made again. */
export function repeated<T extends object>(answer: T): T {
  texts.set(answer, texts.get(answer) ?? null)
  return answer
}

export const serializerOnce: typeof serializerCompiler = (route) => {
  const serialize = serializerCompiler(route)
  return (answer: unknown) => {
    if (typeof answer !== 'object' || answer === null || !texts.has(answer)) return serialize(answer)
    const text = texts.get(answer) ?? serialize(answer)
    texts.set(answer, text)
    return text
  }
}
