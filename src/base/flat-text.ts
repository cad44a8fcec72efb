/**
 * Texts in one piece. An engine keeps a concatenation as a tree of its parts, which for a name that lives as long as its object costs
 * several times the memory of the characters; among millions of names that is most of what they take.
 */
import { fail } from './fail.ts';

/** The same text, its characters side by side in memory from now on. */
export function flatText(text: string): string {
  // Reading a character makes the engine put the parts together, in place; that the reading has a use keeps it from being optimised away.
  if (text.charCodeAt(0) === 0) fail('Cannot keep a text that begins with NUL: no name does');
  return text;
}
