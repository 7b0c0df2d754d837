/** The output of the first start: the token, and commands to paste. */
export function firstTokenNotice(baseUrl: string, secret: string): string {
  return `
  Muster has created its first access token. It can do everything, and is shown only this once:

    ${secret}

  Try it:

    export MUSTER_TOKEN=${secret}

${examples(baseUrl)}
  More tokens: npx muster token create --name "Okta"
`;
}

/** The link by which the first administrator is made. */
export function administratorNotice(link: string): string {
  return `
  There is no administrator yet. Open this link in a browser to create the first one. It works once, for a day:

    ${link}
`;
}

/** Commands for a shell in which MUSTER_TOKEN is set. */
export function examples(baseUrl: string): string {
  const curl = `curl -s -H "Authorization: Bearer $MUSTER_TOKEN"`;
  const scim = `-H "Content-Type: application/scim+json"`;
  return `    # create a user
    ${curl} ${scim} \\
      -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"dana@example.com"}' \\
      ${baseUrl}/Users

    # find it again
    ${curl} -G --data-urlencode 'filter=userName eq "dana@example.com"' \\
      ${baseUrl}/Users

    # create an organization
    ${curl} ${scim} \\
      -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Example Inc"}' \\
      ${baseUrl}/Groups
`;
}
