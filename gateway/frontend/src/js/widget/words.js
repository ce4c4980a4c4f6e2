// The few words that stand on other people's pages. Their page may say in which language, else the
// browser does; what is in the frame asks the same way.
// In this order: book, loading, refused, open, close.
const WORDS = {
  en: "Book a time|Loading|This calendar cannot be shown here.|Open the booking page|Close",
  de: "Termin buchen|Wird geladen|Dieser Kalender kann hier nicht angezeigt werden.|Buchungsseite öffnen|Schließen",
  fr: "Prendre rendez-vous|Chargement|Ce calendrier ne peut pas être affiché ici.|Ouvrir la page de réservation|Fermer",
  es: "Reservar una cita|Cargando|Este calendario no se puede mostrar aquí.|Abrir la página de reservas|Cerrar",
  pt: "Agendar um horário|Carregando|Este calendário não pode ser exibido aqui.|Abrir a página de agendamento|Fechar",
  ja: "日時を予約|読み込み中|このカレンダーはここでは表示できません。|予約ページを開く|閉じる",
  he: "קביעת פגישה|בטעינה|אי אפשר להציג את היומן כאן.|לפתיחת דף ההזמנות|סגירה",
};

function known(tag) {
  const code = tag?.split("-")[0].toLowerCase().replace("iw", "he");
  return code in WORDS ? code : "";
}

// What the snippet asks for; "" where it leaves the choice to the browser.
export function languageOf(at) {
  return known(at.dataset.lang);
}

export function words(at) {
  const code = languageOf(at) || navigator.languages.map(known).find(Boolean) || "en";
  const [book, loading, refused, open, close] = WORDS[code].split("|");
  return { book, loading, refused, open, close };
}
