import { useState } from "react";
import { isSignedOut } from "../scim/session.ts";
import { queries, session } from "../server.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { nameOfRealm } from "./realm-name.ts";
import { realmOf, useSession } from "./use-session.ts";
import { useRevalidator } from "react-router";

interface ElsewhereProps {
  /** Where the page is. */
  readonly realm: string;
}

/** Says that the session acts in another realm than the one of the page, and leads there. */
export function Elsewhere({ realm }: ElsewhereProps) {
  const state = useSession();
  const { revalidate } = useRevalidator();
  const [isFailed, setIsFailed] = useState(false);
  const there = realmOf(state, realm);
  const here = realmOf(state, state.realm ?? undefined);
  if (!there) return <Notice kind="problem">This page is in a realm that you do not belong to.</Notice>;
  const act = async () => {
    try {
      await session.switchTo(realm);
      await queries.invalidateQueries();
      await revalidate();
    } catch (error) {
      if (isSignedOut(error)) await session.restored();
      else setIsFailed(true);
    }
  };
  return (
    <Notice kind={isFailed ? "problem" : "hint"}>
      This page is in <bdi>{nameOfRealm(there)}</bdi>
      {here && (
        <>
          , and you act in <bdi>{nameOfRealm(here)}</bdi> now
        </>
      )}
      . <Button onPress={() => void act()}>Act in {nameOfRealm(there)}</Button>
      {isFailed && " That did not work. Try again."}
    </Notice>
  );
}
