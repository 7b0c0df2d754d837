import { Buffer } from "node:buffer";
import { createServer } from "node:http";

/** The floor: what `node:http` does with a constant of the size of a User. */
const body = JSON.stringify({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  id: "01890000-0000-7000-8000-000000000000",
  userName: "user1@example.com",
  displayName: "Given1 Family1",
  name: { givenName: "Given1", familyName: "Family1", formatted: "Given1 Family1" },
  active: true,
  title: "Engineer",
  emails: [{ value: "user1@example.com", type: "work", primary: true }],
  phoneNumbers: [{ value: "+1 555 1", type: "work" }],
  meta: { resourceType: "User", location: "http://127.0.0.1/scim/v2/Users/1", version: 'W/"1"' },
});

createServer((_request, response) => {
  response.writeHead(200, {
    "Content-Type": "application/scim+json",
    "Content-Length": Buffer.byteLength(body),
    ETag: 'W/"1"',
  });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");
