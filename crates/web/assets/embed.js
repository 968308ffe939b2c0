// Shows the pages of a company's link within a page of your own, and calls your program back:
//
//     Millrace.initBankFeeds(element, { companyId, accessToken, onConnectionStarted, onConnection, onFinish, onClose,
//       onError, options: { locale, title } })
//
// The access token is the company's own; your page's origin must be among the corsSettings.
(() => {
  "use strict";

  const server = document.currentScript.src.replace(/\/link\/embed\.js(\?.*)?$/, "");

  /** The company as the API shows it, with a fresh link. */
  const askForCompany = async (companyId, accessToken) => {
    const url = `${server}/companies/${encodeURIComponent(companyId)}`;
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await fetch(url, { headers }).catch(() => {
      const message = `${server} does not answer ${window.location.origin}: is that origin among the corsSettings?`;
      throw { message, userRecoverable: false };
    });
    const company = await answer.json();
    if (answer.ok) return company;
    const { correlationId, error } = company;
    throw { correlationId, message: error, errorCode: answer.status, userRecoverable: false };
  };

  const show = (target, address, title) => {
    const frame = document.createElement("iframe");
    frame.src = address;
    frame.title = title ?? "Connect your accounting software";
    frame.allow = "clipboard-write";
    frame.referrerPolicy = "no-referrer";
    frame.style.cssText = "display: block; width: 100%; height: 40rem; border: 0";
    target.append(frame);
    return frame;
  };

  /** Calls back for what is new in a message. */
  const listener = (props) => {
    const wasLinked = new Map();
    const note = ({ isLinked, ...connection }) => {
      const before = wasLinked.get(connection.connectionId);
      wasLinked.set(connection.connectionId, isLinked);
      if (before === undefined && !isLinked) props.onConnectionStarted?.(connection);
      if (before === false && isLinked) props.onConnection?.(connection);
      return connection;
    };
    return ({ step, connection, error }) => {
      const noted = connection && note(connection);
      if (step === "finished") props.onFinish?.(noted);
      if (step === "closed") props.onClose?.();
      if (step === "failed") props.onError?.(error);
    };
  };

  const initBankFeeds = async (target, props) => {
    const { companyId, accessToken, onError, options = {} } = props;
    let company;
    try {
      company = await askForCompany(companyId, accessToken);
    } catch (error) {
      const isTold = "userRecoverable" in error;
      onError?.(isTold ? error : { message: String(error), userRecoverable: false });
      return { close() {} };
    }
    const address = new URL(company.redirect);
    address.searchParams.set("embedder", window.location.origin);
    if (options.locale) address.searchParams.set("locale", options.locale);
    const frame = show(target, address.href, options.title);
    const hear = listener(props);
    const onMessage = ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== address.origin || !data?.millrace) return;
      frame.style.height = `${Math.max(320, Number(data.height) || 0)}px`;
      hear(data.millrace);
    };
    window.addEventListener("message", onMessage);
    return {
      close() {
        window.removeEventListener("message", onMessage);
        frame.remove();
      },
    };
  };

  window.Millrace = { initBankFeeds };
})();
