import type { Invitation, Realm } from "../scim/resources.ts";
import { FormBoxes, FormField } from "../ui/form.tsx";
import form from "../ui/form.module.css";
import { grantableRoles } from "../users/roles.ts";

/** What is entered of an invitation, whomever it is for. */
export interface InvitationValues {
  readonly name: string;
  readonly description: string;
  /** As a date field has it; empty: never. */
  readonly expires: string;
  readonly quota: string;
  readonly roles: readonly string[];
}

/** Where the fields have other names than the attributes. */
export const ATTRIBUTES = { expires: ["expiresAt"] };

const pad = (number: number) => String(number).padStart(2, "0");

/** The day, in the person's zone. */
function dayOf(time: string): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export const valuesOf = (invitation: Partial<Invitation>): InvitationValues => ({
  name: invitation.name ?? "",
  description: invitation.description ?? "",
  expires: invitation.expiresAt === undefined ? "" : dayOf(invitation.expiresAt),
  quota: invitation.quota === undefined ? "" : String(invitation.quota),
  roles: (invitation.roles ?? []).map(({ value = "" }) => value),
});

/** The attributes that are sent; null for what is empty. It is valid until the end of the day in the person's zone. */
export const attributesOf = ({ name, description, expires, quota, roles }: InvitationValues) => ({
  name: name === "" ? null : name,
  description: description === "" ? null : description,
  expiresAt: expires === "" ? null : new Date(`${expires}T23:59:59`).toISOString(),
  quota: quota === "" ? null : Number(quota),
  roles: roles.map((value) => ({ value })),
});

export const InvitationFields = ({ realm }: { readonly realm: Realm }) => (
  <>
    <FormField<InvitationValues> name="name" label="Name" hint="For administrators." />
    <FormField<InvitationValues> name="description" label="Message" hint="Those who are invited read it." />
    <div className={form.row}>
      <FormField<InvitationValues> name="expires" label="Valid until" type="date" hint="Empty: for ever." />
      <FormField<InvitationValues>
        name="quota"
        label="How many can accept"
        hint="Empty: any number."
        inputMode="numeric"
        rules={{ pattern: { value: /^\s*\d*\s*$/, message: "Enter a whole number" } }}
      />
    </div>
    <FormBoxes<InvitationValues>
      name="roles"
      label="Roles"
      hint="Without one, those who accept become plain members."
      options={grantableRoles(realm, "organization")}
    />
  </>
);
