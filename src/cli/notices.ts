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

/** What a person needs to look around in the demo. */
export function demoNotice(
  addresses: Readonly<Record<"console" | "scim" | "link" | "folder", string>>,
  { password, token }: { readonly password: string; readonly token: string },
): string {
  const { console, scim, link, folder } = addresses;
  return `
  Muster's demo is ready. Its console:

    ${console}

  Open this link to become an administrator of the demo. It works once, for a day:

    ${link}

  Or sign in as ingrid.solberg@muster.example, who is an administrator already. The password of everybody who has one:

    ${password}

  Its access token, for clients:

    export MUSTER_TOKEN=${token}

${examples(scim)}
  All of it is in ${folder}. It stays as you leave it; delete the folder to begin anew.
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
