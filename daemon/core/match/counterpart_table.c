/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/core/match/counterpart.h"

/* clang-format off */
/*
 * The forms that passports of the members and official lists give one name in.  A form
 * with a hyphen at its end is only what a patronymic is made from.
 */
const struct counterpart_row counterpart_rows[] = {
	{ 'm', "Александр Аляксандр Олександр Alexandre Alejandro Iskander" },
	{ 'm', "Алексей Аляксей Олексій" },
	{ 'm', "Анатолий Анатоль" },
	{ 'm', "Андрей Андрій Andrew André Andrzej" },
	{ 'm', "Антон Антін" },
	{ 'm', "Аркадий Аркадзь" },
	{ 'm', "Артём Арцём" },
	{ 'm', "Василий Васіль Василь" },
	{ 'm', "Виктор Віктар" },
	{ 'm', "Виталий Віталь" },
	{ 'm', "Владимир Уладзімір Володимир Uladzimir Wladimir" },
	{ 'm', "Владислав Уладзіслаў Владзіслаў" },
	{ 'm', "Вячеслав Вячаслаў В'ячеслав Viatcheslav Vjatjeslav" },
	{ 'm', "Геннадий Генадзь Гэнадзь" },
	{ 'm', "Георгий Георгій Heorhij" },
	{ 'm', "Григорий Рыгор Григорій Hryhorij" },
	{ 'm', "Денис Дзяніс Дзяніс" },
	{ 'm', "Дмитрий Зміцер Дзмітрый Дзьмітры Дмитро Dimitri Dmitro" },
	{ 'm', "Евгений Яўген Яўгеній Євген Євгеній Eugen Eugene" },
	{ 'm', "Егор Ягор" },
	{ 'm', "Иван Ян Янка Ivan" },
	{ 'm', "Игорь Ігар Ігор Ihar" },
	{ 'm', "Илья Ілля Ілья" },
	{ 'm', "Иосиф Йосип Юзэф Восіп" },
	{ 'm', "Кирилл Кірыл Кирило" },
	{ 'm', "Константин Канстанцін Костянтин" },
	{ 'm', "Леонид Леанід" },
	{ 'm', "Лев Леў Лв-" },
	{ 'm', "Михаил Міхаіл Михайло Міхал Михайл- Mykhailo" },
	{ 'm', "Николай Мікалай Микола Мікола Nikola" },
	{ 'm', "Никита Мікіта Микита" },
	{ 'm', "Олег Алег" },
	{ 'm', "Павел Павал Павло Павл-" },
	{ 'm', "Пётр Пятро Петро Пятр-" },
	{ 'm', "Роман Раман" },
	{ 'm', "Сергей Сяргей Сергій Serge Serhij Siarhei" },
	{ 'm', "Степан Сцяпан" },
	{ 'm', "Станислав Станіслаў" },
	{ 'm', "Фёдор Фёдар Федір" },
	{ 'm', "Юрий Юрый Юрій" },
	{ 'm', "Яков Якаў Яків Яковл- Якаўл-" },
	{ 'f', "Александра Аляксандра Олександра" },
	{ 'f', "Анна Ганна Hanna" },
	{ 'f', "Анастасия Анастасія Настасся" },
	{ 'f', "Екатерина Кацярына Катерина Катярына" },
	{ 'f', "Елена Алена Олена Helena" },
	{ 'f', "Ирина Ірына Ірина Арына" },
	{ 'f', "Наталья Наталля Наталія" },
	{ 'f', "Ольга Вольга Volha" },
	{ 'f', "Светлана Святлана Світлана" },
	{ 'f', "Татьяна Таццяна Тетяна Татьяна Tatjana" },
};
const size_t counterpart_rows_count =
	sizeof(counterpart_rows) / sizeof(counterpart_rows[0]);

const struct counterpart_word counterpart_words[] = {
	{ COUNTERPART_TITLE, "dr prof professor mr mrs ms haji hajji hadji alhaj alhaji "
		"sheikh shaykh sheik mullah mulla maulavi mawlawi maulana mawlana qari "
		"sayyid syed col colonel gen general major capt captain lt lieutenant "
		"brigadier imam хаджи мулла шейх генерал полковник доктор" },
	{ COUNTERPART_PARTICLE, "al el ul ur bin ibn bint ben binti ould de da di du del "
		"della van von der den la le dos das бин ибн аль эль" },
	{ COUNTERPART_CHILD, "oglu ogly ogli oglou uulu uly qyzy kyzy qizi kizi gyzy "
		"оглы оглу угли кызы қызы улы ұлы уулу кизи гызы" },
	{ COUNTERPART_PREFIX, "abd abdul abdel abu" },
	{ COUNTERPART_SUFFIX, "din uddin ullah allah" },
};
const size_t counterpart_words_count =
	sizeof(counterpart_words) / sizeof(counterpart_words[0]);
/* clang-format on */
