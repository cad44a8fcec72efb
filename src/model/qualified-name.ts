/**
 * What makes a text a name with an optional prefix, such as a label key or the name of a resource: `example.com/gpu`.
 *
 * Models IsQualifiedName of apimachinery/pkg/util/validation, with its words.
 */

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
// qualifiedNameMaxLength and DNS1123SubdomainMaxLength.
const NAME_LENGTH_MAX = 63;
const SUBDOMAIN_LENGTH_MAX = 253;

const NAME_FORM =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const QUALIFIED_FORM = `a qualified name ${NAME_FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
const SUBDOMAIN_FORM =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with it; empty when it is one. */
export function qualifiedNameProblems(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2) return [QUALIFIED_FORM];
  const problems: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else {
      if (prefix.length > SUBDOMAIN_LENGTH_MAX) problems.push(`prefix part must be no more than ${SUBDOMAIN_LENGTH_MAX} bytes`);
      if (!SUBDOMAIN.test(prefix)) problems.push(`prefix part ${SUBDOMAIN_FORM}`);
    }
  }
  const name = parts.at(-1)!;
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > NAME_LENGTH_MAX) problems.push(`name part must be no more than ${NAME_LENGTH_MAX} bytes`);
  if (!NAME.test(name)) problems.push(`name part ${NAME_FORM}`);
  return problems;
}
