/** A small world to look around in: `npm run demo`. People are SCIM Users, as an identity provider sends them. */

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

function person(givenName: string, familyName: string, domain: string, title: string, department: string) {
  const address = `${givenName}.${familyName}@${domain}`.toLowerCase();
  return {
    schemas: [USER, ENTERPRISE_USER],
    userName: address,
    displayName: `${givenName} ${familyName}`,
    name: { givenName, familyName, formatted: `${givenName} ${familyName}` },
    title,
    emails: [{ value: address, type: "work", primary: true }],
    active: true,
    [ENTERPRISE_USER]: { department },
  };
}

export const people = [
  person("Dana", "Reyes", "acme.example", "Head of People", "People"),
  person("Noor", "Haddad", "acme.example", "Engineer", "Engineering"),
  person("Jonas", "Weber", "acme.example", "Engineer", "Engineering"),
  person("Mei", "Tanaka", "globex.example", "Chief Executive", "Management"),
  person("Olu", "Adeyemi", "globex.example", "Accountant", "Finance"),
  person("Ines", "Costa", "consulting.example", "Consultant", "Advisory"),
];

export const organizations = [
  {
    displayName: "Acme",
    description: "Provisioned by Okta",
    members: [
      "dana.reyes@acme.example",
      "noor.haddad@acme.example",
      "jonas.weber@acme.example",
      "ines.costa@consulting.example",
    ],
  },
  {
    displayName: "Globex",
    description: "Provisioned by Entra ID; Ines works for both",
    members: ["mei.tanaka@globex.example", "olu.adeyemi@globex.example", "ines.costa@consulting.example"],
  },
  { displayName: "Initech", description: "Nobody has joined yet", members: [] },
];

/** Public, and good for nothing but the demo. */
export const tokens = [
  { name: "Provider admin", secret: "muster-demo-provider-admin" },
  { name: "Okta of Acme", secret: "muster-demo-okta-provisioning", organization: "Acme" },
  { name: "Entra ID of Globex", secret: "muster-demo-entra-provisioning", organization: "Globex" },
];
