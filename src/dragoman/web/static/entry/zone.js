// The first form starts with the time zone of whoever fills it, unless they have chosen one already.

const select = document.querySelector("select[data-guess]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const option = [...(select?.options ?? [])].find((one) => one.value === zone);
if (option && select.selectedOptions[0]?.defaultSelected) option.selected = true;
